accelerate launch train_unconditional.py --dataset_name="flowers" --resolution=64 \
  --num_epochs=10 --gradient_accumulation_steps=1 --learning_rate=1e-4 --lr_warmup_steps=5
