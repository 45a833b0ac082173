"""The trade's vocabulary: serials, places, causes, states, reasons and moments; pure, and below the store."""
