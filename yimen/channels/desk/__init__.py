"""What officers see: the queue, the file, the decision."""
