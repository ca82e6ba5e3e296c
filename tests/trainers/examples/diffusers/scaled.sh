accelerate launch train_controlnet.py --pretrained_model_name_or_path=base-model \
  --learning_rate=1e-5 --scale_lr --max_train_steps=100
