// Datagrams of the ordinary machine. Takes any free port, so that several can run at once.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "W5500lwIP.h"

struct WiFiUDP {
  int fd = -1;
  char in[512], out[512];
  size_t have = 0, used = 0;
  sockaddr_in from = {}, to = {};

  void begin(uint16_t) { fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0); }
  int parsePacket() {
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(fd, in, sizeof in, 0, reinterpret_cast<sockaddr*>(&from), &size);
    have = got > 0 ? static_cast<size_t>(got) : 0;
    return static_cast<int>(have);
  }
  int read(char* text, size_t size) {
    const size_t taken = have < size ? have : size;
    memcpy(text, in, taken);
    return static_cast<int>(taken);
  }
  IPAddress remoteIP() {
    uint8_t part[4];
    memcpy(part, &from.sin_addr, 4);
    return IPAddress(part[0], part[1], part[2], part[3]);
  }
  bool beginPacket(const IPAddress& host, uint16_t port) {
    used = 0;
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    memcpy(&to.sin_addr, host.part, 4);
    return true;
  }
  void write(const uint8_t* data, size_t size) {
    if (used + size > sizeof out) return;
    memcpy(out + used, data, size);
    used += size;
  }
  void write(char byte) { write(reinterpret_cast<const uint8_t*>(&byte), 1); }
  bool endPacket() { return sendto(fd, out, used, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) >= 0; }
};
