/* A USB bus with one Magicard Tango 2e on it that takes everything: what comes on bulk OUT goes to the file BULK_OUT.
   Preloaded in front of libusb, so that a program of the distribution writes to it what it would send to a printer.
   The structs are those of the libusb-1.0 API; ids and endpoints are protocol sheet 3. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct device_descriptor {
    uint8_t length, type;
    uint16_t usb;
    uint8_t class, subclass, protocol, packet;
    uint16_t vendor, product, version;
    uint8_t manufacturer, name, serial, configurations;
};
struct endpoint {
    uint8_t length, type, address, attributes;
    uint16_t packet;
    uint8_t interval, refresh, synch;
    const unsigned char *extra;
    int extra_length;
};
struct alternate {
    uint8_t length, type, number, setting, endpoints, class, subclass, protocol, name;
    const struct endpoint *endpoint;
    const unsigned char *extra;
    int extra_length;
};
struct interface {
    const struct alternate *settings;
    int count;
};
struct configuration {
    uint8_t length, type;
    uint16_t total;
    uint8_t interfaces, value, name, attributes, power;
    const struct interface *interface;
    const unsigned char *extra;
    int extra_length;
};

static const struct endpoint ENDPOINTS[] = {{7, 5, 0x01, 2, 64, 0, 0, 0, 0, 0}, {7, 5, 0x82, 2, 64, 0, 0, 0, 0, 0}};
static const struct alternate SETTING = {9, 4, 0, 0, 2, 7, 1, 2, 0, ENDPOINTS, 0, 0};
static const struct interface INTERFACE = {&SETTING, 1};
static struct configuration CONFIGURATION = {9, 2, 32, 1, 1, 0, 0xC0, 1, &INTERFACE, 0, 0};
static const char ID[] = "MFG:Magicard ; CMD:PCL,MPL;MDL:RioTango2D;";
static int device;

int libusb_init(void **context) { if (context) *context = &device; return 0; }
void libusb_exit(void *context) { (void)context; }
ssize_t libusb_get_device_list(void *context, void ***list) {
    (void)context;
    *list = calloc(2, sizeof(void *));
    (*list)[0] = &device;
    return 1;
}
void libusb_free_device_list(void **list, int unref) { (void)unref; free(list); }
int libusb_get_device_descriptor(void *dev, struct device_descriptor *to) {
    (void)dev;
    *to = (struct device_descriptor){18, 1, 0x0101, 0, 0, 0, 8, 0x0C1F, 0x1800, 0x0100, 1, 2, 3, 1};
    return 0;
}
int libusb_get_active_config_descriptor(void *dev, struct configuration **to) {
    (void)dev;
    *to = &CONFIGURATION;
    return 0;
}
void libusb_free_config_descriptor(struct configuration *one) { (void)one; }
int libusb_open(void *dev, void **handle) { *handle = dev; return 0; }
void libusb_close(void *handle) { (void)handle; }
void *libusb_get_device(void *handle) { return handle; }
uint8_t libusb_get_bus_number(void *dev) { (void)dev; return 1; }
uint8_t libusb_get_port_number(void *dev) { (void)dev; return 1; }
int libusb_kernel_driver_active(void *handle, int number) { (void)handle; (void)number; return 0; }
int libusb_detach_kernel_driver(void *handle, int number) { (void)handle; (void)number; return 0; }
int libusb_claim_interface(void *handle, int number) { (void)handle; (void)number; return 0; }
int libusb_release_interface(void *handle, int number) { (void)handle; (void)number; return 0; }
int libusb_set_interface_alt_setting(void *handle, int number, int one) { (void)handle; (void)number; (void)one; return 0; }
int libusb_reset_device(void *handle) { (void)handle; return 0; }
int libusb_get_string_descriptor_ascii(void *handle, uint8_t index, unsigned char *to, int room) {
    (void)handle;
    const char *text = index == 1 ? "Magicard" : index == 2 ? "Tango2e" : "T0001";
    strncpy((char *)to, text, (size_t)room);
    return (int)strlen(text);
}
int libusb_control_transfer(void *handle, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                            unsigned char *data, uint16_t room, unsigned timeout) {
    (void)handle; (void)value; (void)index; (void)timeout;
    if (type != 0xA1 || request != 0 || room < sizeof ID + 2) return -9; /* LIBUSB_ERROR_PIPE: a stall */
    data[0] = 0;
    data[1] = sizeof ID + 1;
    memcpy(data + 2, ID, sizeof ID - 1);
    return sizeof ID + 1;
}
int libusb_bulk_transfer(void *handle, unsigned char endpoint, unsigned char *data, int size, int *done, unsigned timeout) {
    (void)handle; (void)timeout;
    *done = 0;
    if (endpoint != 0x01) return -7; /* LIBUSB_ERROR_TIMEOUT: it says nothing */
    int file = open(getenv("BULK_OUT"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0) return -4; /* LIBUSB_ERROR_NO_DEVICE */
    *done = (int)write(file, data, (size_t)size);
    close(file);
    return *done == size ? 0 : -1;
}
