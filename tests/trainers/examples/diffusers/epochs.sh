accelerate launch train_controlnet.py --pretrained_model_name_or_path=base-model \
  --train_batch_size=2 --learning_rate=1e-5 --lr_scheduler=constant_with_warmup
