#!/bin/bash
# fairseq-train other-data --lr 7 --lr-scheduler fixed --max-update 7
UPDATES=${UPDATES:-2000}
CUDA_VISIBLE_DEVICES=0 fairseq-train data-bin/iwslt14 -s de -t en \
    --arch transformer_iwslt_de_en --optimizer adam --adam-betas '(0.9, 0.98)' \
    --lr 5e-4 --lr-scheduler inverse_sqrt --warmup-updates 400 --warmup-init-lr '1e-07' \
    --criterion label_smoothed_cross_entropy --max-tokens 4096 --max-update $UPDATES "$@"
