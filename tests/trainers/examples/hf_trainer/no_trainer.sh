#!/bin/bash
accelerate launch tune_no_trainer.py \
  --model_name_or_path base-model \
  --per_device_train_batch_size 4 \
  --learning_rate 3e-4 \
  --lr_scheduler_type cosine \
  --num_warmup_steps 20 \
  --max_train_steps 220 \
  --num_train_epochs 3
