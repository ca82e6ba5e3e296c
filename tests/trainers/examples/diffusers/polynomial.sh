python train_dreambooth_lora_flux.py --pretrained_model_name_or_path base-model \
  --optimizer prodigy --learning_rate 1.0 --text_encoder_lr 0.5 \
  --lr_scheduler polynomial --lr_power 2 --max_train_steps 600
