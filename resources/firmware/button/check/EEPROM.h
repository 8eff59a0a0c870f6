// Flash of the ordinary machine: gone when the program ends.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct Eeprom {
  uint8_t bytes[256] = {};
  void begin(size_t) {}
  template <class T> void get(int at, T& out) { memcpy(static_cast<void*>(&out), bytes + at, sizeof out); }
  template <class T> void put(int at, const T& in) { memcpy(bytes + at, static_cast<const void*>(&in), sizeof in); }
  bool commit() { return true; }
};
extern Eeprom EEPROM;
