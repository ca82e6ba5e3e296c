accelerate launch train_dreambooth_lora.py \
  --pretrained_model_name_or_path=base-model --instance_prompt "a photo of a cup" \
  --train_text_encoder --text_encoder_lr=2e-6 \
  --lr_warmup_steps=100 --max_train_steps=500 --learning_rate=1e-4
