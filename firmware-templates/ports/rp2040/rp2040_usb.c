/*
 * The USB device, to section 4.1 of the RP2040 datasheet and chapter 9 of the USB 2.0 specification. Everything but
 * sending happens in its interrupt. Bytes are moved one by one: the controller's memory takes any access.
 */
#include "rp2040_usb.h"

#include "cpu.h"
#include "port.h"
#include "rp2040_clocks.h"
#include "rp2040_registers.h"
#include "rp2040_usb_descriptors.h"

/* Requests: direction, type and recipient in the upper byte, the request in the lower one (9.4, PSTN 6.3). */
#define GET_STATUS 0x8000u
#define GET_STATUS_OF_INTERFACE 0x8100u
#define GET_STATUS_OF_ENDPOINT 0x8200u
#define SET_ADDRESS 0x0005u
#define GET_DESCRIPTOR 0x8006u
#define GET_CONFIGURATION 0x8008u
#define SET_CONFIGURATION 0x0009u
#define SET_INTERFACE 0x010Bu
#define SET_LINE_CODING 0x2120u
#define GET_LINE_CODING 0xA121u
#define SET_CONTROL_LINE_STATE 0x2122u

#define OUT 1u
#define IN 0u
#define CONTROL_DATA 0x100u
#define OUT_DATA 0x180u
#define IN_DATA 0x1C0u
#define NOTIFY_DATA 0x200u
#define LINE_CODING_BYTES 7u

volatile bool rp2040_usb_answers;

static volatile bool configured;
static volatile bool sending; /* a packet is on its way to the host */
static uint32_t out_data1;
static uint32_t in_data1;
static uint32_t control_in_data1;
static uint8_t new_address;
static uint8_t line_coding[LINE_CODING_BYTES] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8}; /* 115,200 8N1: it means nothing */

/* What is left to answer to a request with data. */
static uint8_t answer[CONFIGURATION_BYTES];
static uint32_t answer_bytes;
static uint32_t answered;
static bool ends_short; /* with a packet that is not full, so that the host sees the end */

static uint8_t byte_at(uint32_t address) {
  return *(volatile uint8_t *)address;
}

/* Section 4.1.2.5.1: the controller's clock is slower, so the buffer is given away three of its cycles later. */
static void give(uint32_t number, uint32_t out, uint32_t control) {
  USB_BUFFER(number, out) = control;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop");
  USB_BUFFER(number, out) = control | USB_BUFFER_AVAILABLE;
}

static void receive_data(void) {
  give(USB_DATA_ENDPOINT, OUT, (out_data1 ? USB_BUFFER_DATA1 : 0u) | USB_PACKET_BYTES);
  out_data1 ^= 1u;
}

static void send_control(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++)
    *(volatile uint8_t *)(USB_DATA(CONTROL_DATA) + index) = bytes[index];
  give(0, IN, USB_BUFFER_FULL | (control_in_data1 ? USB_BUFFER_DATA1 : 0u) | length);
  control_in_data1 ^= 1u;
}

static void receive_control(uint32_t length) {
  give(0, OUT, USB_BUFFER_DATA1 | length);
}

static void send_answer(void) {
  const uint32_t left = answer_bytes - answered;
  const uint32_t now = left < USB_PACKET_BYTES ? left : USB_PACKET_BYTES;
  send_control(answer + answered, now);
  answered += now;
  if (now < USB_PACKET_BYTES) ends_short = false;
}

static void answer_with(const uint8_t *bytes, uint32_t length, uint32_t wanted) {
  answer_bytes = length < wanted ? length : wanted;
  for (uint32_t index = 0; index < answer_bytes; index++) answer[index] = bytes[index];
  answered = 0;
  ends_short = answer_bytes < wanted && answer_bytes % USB_PACKET_BYTES == 0u;
  send_answer();
}

static void stall(void) {
  USB_STALL_ARM = 3u;
  USB_BUFFER(0, IN) = USB_BUFFER_STALL;
  USB_BUFFER(0, OUT) = USB_BUFFER_STALL;
}

static void answer_string(uint32_t index, uint32_t wanted) {
  if (index == 0u) {
    answer_with(string_languages, sizeof string_languages, wanted);
    return;
  }
  if (index > STRING_COUNT) {
    stall();
    return;
  }
  uint8_t text[CONFIGURATION_BYTES];
  uint32_t length = 2;
  for (const char *next = strings[index - 1u]; *next != '\0'; next++) {
    text[length++] = (uint8_t)*next;
    text[length++] = 0;
  }
  text[0] = (uint8_t)length;
  text[1] = 3;
  answer_with(text, length, wanted);
}

static void answer_descriptor(uint32_t value, uint32_t wanted) {
  switch (value >> 8) {
    case 1:
      answer_with(device_descriptor, sizeof device_descriptor, wanted);
      break;
    case 2:
      answer_with(configuration_descriptor, sizeof configuration_descriptor, wanted);
      break;
    case 3:
      answer_string(value & 0xFFu, wanted);
      break;
    default:
      stall();
  }
}

static void configure(void) {
  USB_ENDPOINT(USB_NOTIFY_ENDPOINT, IN) = USB_ENDPOINT_ENABLE | USB_ENDPOINT_NOTIFY | NOTIFY_DATA;
  USB_ENDPOINT(USB_DATA_ENDPOINT, OUT) = USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK | OUT_DATA;
  USB_ENDPOINT(USB_DATA_ENDPOINT, IN) = USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPT | USB_ENDPOINT_BULK | IN_DATA;
  out_data1 = 0;
  in_data1 = 0;
  sending = false;
  configured = true;
  receive_data();
}

static void handle_setup(void) {
  static const uint8_t zeros[2] = {0, 0};
  const uint32_t request = ((uint32_t)byte_at(USB_SETUP_PACKET) << 8) | byte_at(USB_SETUP_PACKET + 1u);
  const uint32_t value = byte_at(USB_SETUP_PACKET + 2u) | ((uint32_t)byte_at(USB_SETUP_PACKET + 3u) << 8);
  const uint32_t wanted = byte_at(USB_SETUP_PACKET + 6u) | ((uint32_t)byte_at(USB_SETUP_PACKET + 7u) << 8);
  const uint8_t configuration = configured ? 1u : 0u;
  control_in_data1 = 1; /* 8.5.3: data and status of a request begin with DATA1 */
  answer_bytes = 0;
  answered = 0;
  ends_short = false;
  switch (request) {
    case SET_ADDRESS: /* takes effect behind the status, which still goes to the old one (9.4.6) */
      new_address = (uint8_t)value;
      send_control(zeros, 0);
      break;
    case SET_CONFIGURATION:
      configure();
      send_control(zeros, 0);
      break;
    case SET_INTERFACE:
    case SET_CONTROL_LINE_STATE:
      send_control(zeros, 0);
      break;
    case SET_LINE_CODING:
      receive_control(LINE_CODING_BYTES);
      break;
    case GET_LINE_CODING:
      answer_with(line_coding, LINE_CODING_BYTES, wanted);
      break;
    case GET_DESCRIPTOR:
      answer_descriptor(value, wanted);
      break;
    case GET_CONFIGURATION:
      answer_with(&configuration, 1, wanted);
      break;
    case GET_STATUS:
    case GET_STATUS_OF_INTERFACE:
    case GET_STATUS_OF_ENDPOINT:
      answer_with(zeros, sizeof zeros, wanted);
      break;
    default:
      stall();
  }
}

/* The host has taken a packet of the control endpoint: an address takes effect, or more follows, or its status comes.
 */
static void control_sent(void) {
  if (new_address != 0u) {
    USB_ADDRESS = new_address;
    new_address = 0;
  } else if (answered < answer_bytes || ends_short) {
    send_answer();
  } else if (answer_bytes > 0u) {
    answer_bytes = 0;
    answered = 0;
    receive_control(0);
  }
}

/* Data of SET_LINE_CODING, or the status of a request that was answered. */
static void control_received(void) {
  const uint32_t length = USB_BUFFER(0, OUT) & USB_BUFFER_LENGTH;
  if (length == 0u) return;
  for (uint32_t index = 0; index < length && index < LINE_CODING_BYTES; index++) {
    line_coding[index] = byte_at(USB_DATA(CONTROL_DATA) + index);
  }
  send_control(line_coding, 0);
}

static void data_received(void) {
  const uint32_t length = USB_BUFFER(USB_DATA_ENDPOINT, OUT) & USB_BUFFER_LENGTH;
  for (uint32_t index = 0; index < length; index++) port_ring_put(&port_received, byte_at(USB_DATA(OUT_DATA) + index));
  if (length > 0u) rp2040_usb_answers = true;
  receive_data();
}

static void handle_buffers(void) {
  const uint32_t done = USB_BUFFER_STATUS;
  USB_BUFFER_STATUS = done; /* ones clear it */
  if ((done & 1u) != 0u) control_sent();
  if ((done & 2u) != 0u) control_received();
  if ((done & (1u << (2u * USB_DATA_ENDPOINT))) != 0u) sending = false;
  if ((done & (2u << (2u * USB_DATA_ENDPOINT))) != 0u) data_received();
}

void rp2040_usb_interrupt(void) {
  const uint32_t status = USB_SIE_STATUS;
  if ((status & USB_SIE_STATUS_RESET) != 0u) {
    configured = false;
    sending = false;
    new_address = 0;
    USB_ADDRESS = 0;
    USB_SIE_STATUS = USB_SIE_STATUS_RESET;
  }
  handle_buffers(); /* they belong to what was before a new request */
  if ((status & USB_SIE_STATUS_SETUP) != 0u) {
    USB_SIE_STATUS = USB_SIE_STATUS_SETUP;
    handle_setup();
  }
}

void rp2040_usb_start(void) {
  rp2040_start_usb_pll();
  CLK_USB_CTRL = CLK_USB_ENABLE;
  rp2040_unreset(RESETS_USB);
  for (uint32_t word = 0; word < 0x180u; word += 4u) REGISTER(USB_MEMORY + word) = 0;
  USB_MUXING = USB_MUXING_PHY;
  USB_POWER = USB_POWER_VBUS;
  USB_INTE = USB_INTERRUPT_BUFFER | USB_INTERRUPT_RESET | USB_INTERRUPT_SETUP;
  USB_MAIN_CTRL = USB_MAIN_CTRL_ENABLE;
  USB_SIE_CTRL = USB_SIE_CTRL_EP0_INTERRUPT | USB_SIE_CTRL_PULL_UP;
  NVIC_ENABLE(IRQ_USB);
}

/* A host that has closed the port takes nothing; it would be waited for without end, so a tenth of a second is enough.
 */
static bool taken_in_time(void) {
  const uint32_t start = port_counter(0);
  while (sending) {
    if (!configured || port_counter(0) - start > BOARD_CLOCK_HZ / 10u) return false;
  }
  return configured;
}

void rp2040_usb_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t done = 0; done < length;) {
    if (!taken_in_time()) return;
    const uint32_t left = length - done;
    const uint32_t now = left < USB_PACKET_BYTES - 1u ? left : USB_PACKET_BYTES - 1u; /* never full: it ends at once */
    for (uint32_t index = 0; index < now; index++) {
      *(volatile uint8_t *)(USB_DATA(IN_DATA) + index) = bytes[done + index];
    }
    sending = true;
    give(USB_DATA_ENDPOINT, IN, USB_BUFFER_FULL | (in_data1 ? USB_BUFFER_DATA1 : 0u) | now);
    in_data1 ^= 1u;
    done += now;
  }
  (void)taken_in_time();
}
