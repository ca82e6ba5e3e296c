accelerate launch train_text_to_image_lora_sdxl.py \
  --pretrained_model_name_or_path=base-model \
  --train_batch_size=1 --gradient_accumulation_steps=4 \
  --learning_rate=1e-04 --lr_scheduler=cosine_with_restarts --lr_num_cycles=2 --lr_warmup_steps=10
