deepspeed main.py --data_path prompts \
  --per_device_training_batch_size 16 \
  --actor_learning_rate 1e-5 --critic_learning_rate 5e-6 \
  --lr_scheduler_type linear --warmup_proportion 0.1 \
  --num_train_epochs 2 --gradient_accumulation_steps 1
