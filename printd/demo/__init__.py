"""The demonstration shop: invented people, a delivery, simulated printers."""
