from ultralytics import YOLO


def main(epochs: int) -> None:
    model = YOLO("yolo11n.pt")
    model.train(data="coco8.yaml", epochs=epochs, lr0=0.02, optimizer="SGD", warmup_bias_lr=0.0)
    model.train(data="coco8.yaml")
    model.val(data="coco8.yaml", batch=8)
