fairseq-train data --lr 0.1 --lr-scheduler manual --epoch2lr '{"10001": 0.25}' --max-update 9
