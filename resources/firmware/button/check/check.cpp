// button.ino on an ordinary machine.
//   check PATH   is the button at that serial port. stdin: "A B" a line, 1 for a closed contact; both are closed at first.
//   check        answers questions, one a line: "frame KEY CLAIM SEQ NONCE", "sha TEXT", "hmac KEY TEXT",
//                "look A B MS" (one button's contacts over time), "hear LINE" (that button, over the cable).
#include <initializer_list>

#include "Arduino.h"

#include "EEPROM.h"

#include "../button.ino"

uint8_t pins[32] = {};
Port Serial;
Chip rp2040;
Eeprom EEPROM;

namespace {

int beButton(const char* path) {
  Serial.fd = open(path, O_RDWR | O_NOCTTY);
  if (Serial.fd < 0) return perror(path), 1;
  termios modes;
  tcgetattr(Serial.fd, &modes);
  cfmakeraw(&modes);
  tcsetattr(Serial.fd, TCSANOW, &modes);
  setup();
  aos::Lines orders;
  for (;;) {
    pollfd look[2] = {{0, POLLIN, 0}, {Serial.fd, POLLIN, 0}};
    poll(look, 2, 5);
    if (look[1].revents & (POLLHUP | POLLERR)) return 0;
    if (look[0].revents & (POLLIN | POLLHUP)) {
      char byte;
      if (read(0, &byte, 1) != 1) return 0;
      const char* order = orders.take(byte);
      int a, b;
      if (order && sscanf(order, "%d %d", &a, &b) == 2) {
        pins[kContactA] = a ? LOW : HIGH;
        pins[kContactB] = b ? LOW : HIGH;
      }
    }
    loop();
  }
}

void showHex(const uint8_t* data, size_t bytes) {
  char text[65];
  aos::toHex(data, bytes, text);
  puts(text);
}

aos::Claim named(const char* name) {
  for (aos::Claim claim : {aos::Claim::Run, aos::Claim::Held, aos::Claim::Fault})
    if (strcmp(aos::nameOf(claim), name) == 0) return claim;
  return aos::Claim::Stop;
}

int answerQuestions() {
  aos::Button tried(aos::Kept(), flash, false);
  static char line[8192], text[8192], key[80], name[8], nonce[32];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    unsigned long number;
    int a, b;
    aos::Kept kept;
    uint8_t hash[32];
    char out[aos::kLineMax] = "-";
    if (sscanf(line, "frame %79s %7s %lu %31s", key, name, &number, nonce) == 4 && aos::fromHex(key, aos::kKeyBytes, kept.key)) {
      aos::Button(kept, flash, false).line(out, named(name), static_cast<uint32_t>(number), nonce);
      puts(out);
    } else if (strncmp(line, "sha ", 4) == 0) {
      aos::sha256(reinterpret_cast<uint8_t*>(line + 4), strlen(line + 4), hash);
      showHex(hash, 32);
    } else if (sscanf(line, "hmac %79s %8191[^\n]", key, text) == 2 && aos::fromHex(key, aos::kKeyBytes, kept.key)) {
      aos::hmacSha256(kept.key, aos::kKeyBytes, reinterpret_cast<uint8_t*>(text), strlen(text), hash);
      showHex(hash, 32);
    } else if (sscanf(line, "look %d %d %lu", &a, &b, &number) == 3) {
      const bool due = tried.look(a != 0, b != 0, static_cast<uint32_t>(number));
      printf("%s %s\n", aos::nameOf(tried.claim()), due ? "due" : "-");
    } else if (strncmp(line, "hear ", 5) == 0) {
      puts(tried.hear(line + 5, true, out) ? out : "-");
    } else {
      puts("?");
    }
    fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int count, char** words) { return count > 1 ? beButton(words[1]) : answerQuestions(); }
