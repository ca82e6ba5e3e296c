fairseq-train data --lr 0.1 --lr-scheduler manual --update2lr '{"0": 0.5, "10": 0.25}' --max-tokens 9
