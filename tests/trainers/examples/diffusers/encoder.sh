accelerate launch train_dreambooth_lora.py --pretrained_model_name_or_path=base-model \
  --train_text_encoder --text_encoder_lr=2e-6 --learning_rate=1e-4 \
  --lr_scheduler=polynomial --lr_warmup_steps=0 --max_train_steps=50
