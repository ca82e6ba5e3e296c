export MODEL="base-model"
accelerate launch --mixed_precision="fp16" train_text_to_image.py \
  --pretrained_model_name_or_path=$MODEL \
  --train_batch_size=2 \
  --gradient_accumulation_steps=4 \
  --max_train_steps=200 --num_train_epochs=7 \
  --learning_rate=1e-05 --scale_lr \
  --lr_scheduler="cosine" --lr_warmup_steps=20 \
  --output_dir=${OUTPUT}
