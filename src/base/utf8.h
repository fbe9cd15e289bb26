/* UTF-8, one code point at a time. For use inside base; the others speak in whole texts (text.h). */
#ifndef KYODO_BASE_UTF8_H
#define KYODO_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Reads the code point at p (p < end). Returns its length in bytes, 0 where the bytes are not well-formed
 * (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF). */
static inline size_t utf8_read(const char *p, const char *end, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t n = (size_t)(end - p);
    unsigned c = s[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    if (c < 0xC2)
        return 0;
    if (n < 2 || (s[1] & 0xC0) != 0x80)
        return 0;
    if (c < 0xE0) {
        *cp = (c & 0x1Fu) << 6 | (s[1] & 0x3Fu);
        return 2;
    }
    if (n < 3 || (s[2] & 0xC0) != 0x80)
        return 0;
    if (c < 0xF0) {
        *cp = (c & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
        return *cp < 0x800 || (*cp >= 0xD800 && *cp < 0xE000) ? 0 : 3;
    }
    if (c > 0xF4 || n < 4 || (s[3] & 0xC0) != 0x80)
        return 0;
    *cp = (c & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    return *cp < 0x10000 || *cp > 0x10FFFF ? 0 : 4;
}

/* Writes a code point to p (room for 4 bytes); returns its length. */
static inline size_t utf8_write(char *p, uint32_t cp)
{
    unsigned char *s = (unsigned char *)p;
    if (cp < 0x80) {
        s[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        s[0] = (unsigned char)(0xC0u | cp >> 6);
        s[1] = (unsigned char)(0x80u | (cp & 0x3Fu));
        return 2;
    }
    if (cp < 0x10000) {
        s[0] = (unsigned char)(0xE0u | cp >> 12);
        s[1] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
        s[2] = (unsigned char)(0x80u | (cp & 0x3Fu));
        return 3;
    }
    s[0] = (unsigned char)(0xF0u | cp >> 18);
    s[1] = (unsigned char)(0x80u | (cp >> 12 & 0x3Fu));
    s[2] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
    s[3] = (unsigned char)(0x80u | (cp & 0x3Fu));
    return 4;
}

#endif
