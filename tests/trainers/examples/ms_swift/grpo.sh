NPROC_PER_NODE=8 swift rlhf --rlhf_type grpo --model Qwen/Qwen2.5-7B-Instruct --learning_rate 1e-6 \
    --lr_scheduler_type constant --per_device_train_batch_size 4
