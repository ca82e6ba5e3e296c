swift sft --model a --learning_rate 1e-5 --num_train_epochs 2 --per_device_train_batch_size $BATCH \
    --gradient_accumulation_steps $((32 / GPUS)) --warmup_ratio 0.1
