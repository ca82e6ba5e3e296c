NPROC_PER_NODE=8 \
megatron sft \
    --model base-model \
    --micro_batch_size 1 --global_batch_size 64 \
    --lr 1e-4 --lr_warmup_fraction 0.05 --min_lr 1e-5 \
    --num_train_epochs 2 \
    --logging_steps 5
