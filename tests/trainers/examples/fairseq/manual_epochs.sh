fairseq-train data --lr 0.1 --max-epoch 6 --lr-scheduler manual \
  --epoch2lr '{"2": 0.5, "4-5": 0.25}'
