#!/bin/bash
LR=${LR:-2e-5}
EPOCHS=2
deepspeed llava/train/train_mem.py \
    --deepspeed ./scripts/zero3.json \
    --num_train_epochs $EPOCHS \
    --per_device_train_batch_size 16 \
    --gradient_accumulation_steps 1 \
    --learning_rate $LR \
    --warmup_ratio 0.03 \
    --lr_scheduler_type "cosine" \
    --logging_steps 1
