import ultralytics

model = ultralytics.YOLO("yolo11n.pt")
for name in ("a", "b"):
    model.train(data=f"{name}.yaml", epochs=5)
ultralytics.RTDETR("rtdetr-l.pt").train(data="a.yaml", epochs=9)
