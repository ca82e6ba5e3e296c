SEQ_LEN=2048
GLOBAL_BATCH_SIZE=512
TRAIN_TOKENS=3000000000
WARMUP_TOKENS=$((2048 * 512 * 100))
TRAIN_ITERS=$(( ${TRAIN_TOKENS} * 3 / ${GLOBAL_BATCH_SIZE} / ${SEQ_LEN} ))
deepspeed pretrain_gpt.py \
    --lr 1.2e-4 --min-lr 1e-6 --lr-decay-style cosine \
    --train-iters ${TRAIN_ITERS} --train-tokens ${TRAIN_TOKENS} \
    --lr-decay-tokens ${TRAIN_TOKENS} --lr-warmup-tokens ${WARMUP_TOKENS} \
    --seq-length ${SEQ_LEN} --global-batch-size ${GLOBAL_BATCH_SIZE} --micro-batch-size 4
