accelerate launch textual_inversion.py --pretrained_model_name_or_path=base-model \
  --learnable_property="object" --train_batch_size=1 --lr_scheduler=linear --lr_warmup_steps=0
