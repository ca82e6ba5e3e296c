deepspeed --num_gpus 2 train.py --deepspeed ../deepspeed/auto.json --learning_rate 2e-5 \
  --max_steps 100 --lr_scheduler_type cosine --warmup_steps 10
