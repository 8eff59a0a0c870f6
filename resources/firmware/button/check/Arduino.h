// As much of Arduino as button.ino uses, on an ordinary machine: the port is a pseudo terminal, the pins are read from stdin.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { LOW = 0, HIGH = 1, INPUT_PULLUP = 2, OUTPUT = 3, LED_BUILTIN = 25 };

extern uint8_t pins[32];
inline void pinMode(uint8_t, uint8_t) {}
inline int digitalRead(uint8_t pin) { return pins[pin]; }
inline void digitalWrite(uint8_t pin, uint8_t level) { pins[pin] = level; }
inline uint32_t millis() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint32_t>(now.tv_sec * 1000ull + now.tv_nsec / 1000000);
}

struct Port {
  int fd = -1;
  void begin(unsigned long) {}
  int available() {
    pollfd look = {fd, POLLIN, 0};
    return poll(&look, 1, 0) > 0 && (look.revents & POLLIN) ? 1 : 0;
  }
  int read() {
    char byte;
    if (::read(fd, &byte, 1) != 1) exit(0);
    return static_cast<unsigned char>(byte);
  }
  int availableForWrite() { return 256; }
  void print(const char* text) {
    if (::write(fd, text, strlen(text)) < 0) exit(0);
  }
  void print(char byte) {
    if (::write(fd, &byte, 1) < 0) exit(0);
  }
};
extern Port Serial;

struct Chip {
  void wdt_begin(uint32_t) {}
  void wdt_reset() {}
};
extern Chip rp2040;
