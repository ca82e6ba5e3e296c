fairseq-train data --lr 0.1 --max-update 100 --lr-scheduler manual \
  --update2lr '{"1-3": 0.5, "4": 0.5, "10,20": 0.25, "50": "1e-2"}'
