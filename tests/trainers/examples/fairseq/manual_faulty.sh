fairseq-train data --lr 0.1 --max-update 100 --lr-scheduler manual --update2lr '{1: 0.3}'
