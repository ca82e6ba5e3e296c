fairseq-train data --lr 0.1 --max-update 100 --lr-scheduler manual \
  --epoch2lr '{"1": 0.3}' --update2lr '{"1": 0.2}'
