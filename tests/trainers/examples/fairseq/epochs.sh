fairseq-train data-bin --arch lstm --lr 0.25,0.1,0.05 --lr-scheduler fixed --force-anneal 5 --lr-shrink 0.5 --max-epoch 8
