"""Ways to reach a simulated printer: USB (in process, sockets, real libusb, USB/IP), pseudo-terminal, TCP."""
