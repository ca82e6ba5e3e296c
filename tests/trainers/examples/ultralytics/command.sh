#!/bin/bash
BATCH=32
yolo settings datasets_dir=data  # where the data are
cd runs && yolo detect train model=yolo11n.pt data="coco 128.yaml" \
    epochs=50 --batch=$BATCH, lr0 = 0.02 lrf='0.05' cos_lr optimizer=SGD warmup_epochs=0 && yolo val model=best.pt
yolo task=segment mode=train model=yolo11n-seg.pt epochs=9
