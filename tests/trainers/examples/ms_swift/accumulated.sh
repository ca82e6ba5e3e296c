nproc_per_node=4
NPROC_PER_NODE=$nproc_per_node swift sft --model a --learning_rate 1e-5 --num_train_epochs 2 \
    --per_device_train_batch_size 2 \
    --gradient_accumulation_steps $(expr 16 / $nproc_per_node)
