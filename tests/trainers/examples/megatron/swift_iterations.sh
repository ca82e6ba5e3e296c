megatron pt --model base-model --micro_batch_size 1 \
    --train_iters 200 --lr 1e-4 --lr_warmup_iters 20
