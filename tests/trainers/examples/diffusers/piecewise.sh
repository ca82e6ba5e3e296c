accelerate launch train_controlnet.py --pretrained_model_name_or_path=base-model \
  --learning_rate=1e-5 --lr_scheduler=piecewise_constant --max_train_steps=100
