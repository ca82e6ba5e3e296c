#!/bin/bash
#SBATCH --job-name=pretrain
SEQ_LENGTH=2048
TRAIN_TOKENS=$((20480 * SEQ_LENGTH))
TRAIN_SAMPLES=$(( ${TRAIN_TOKENS} / SEQ_LENGTH ))
export PEAK=${PEAK:-6.0e-4}
OPTIMIZER_ARGS=" \
    --lr ${PEAK} \
    --min-lr 6.0e-5 --lr-decay-style linear \
    --lr-warmup-samples 2048 --lr-decay-samples=10240 \
    --fp16"
torchrun pretrain_gpt.py $OPTIMIZER_ARGS \
    --global-batch-size 512 --rampup-batch-size 128 128 1024 \
    --train-samples $TRAIN_SAMPLES --data-path /data # --train-samples 7
