/* Random numbers for the generator. */
#include "samples/random.h"

uint64_t random_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + 0x9e3779b97f4a7c15u * (b + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t random_hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3u;
    return h;
}

void random_init(struct random *r, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++)
        r->s[i] = random_mix(seed, i);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

uint64_t random_next(struct random *r)
{
    uint64_t *s = r->s, ret = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return ret;
}

uint64_t random_below(struct random *r, uint64_t bound)
{
    return ((random_next(r) >> 32) * bound) >> 32;
}

uint64_t random_between(struct random *r, uint64_t low, uint64_t high)
{
    return low + random_below(r, high - low + 1);
}

bool random_percent(struct random *r, unsigned percent)
{
    return random_below(r, 100) < percent;
}

/* Standard normal in 1/65536: the sum of eight 16-bit uniforms has variance 8/12, so it is scaled by 1.2247.
 */
static int64_t normal(struct random *r)
{
    uint64_t a = random_next(r), b = random_next(r);
    int64_t sum = 0;
    for (unsigned i = 0; i < 64; i += 16)
        sum += (int64_t)((a >> i & 0xffff) + (b >> i & 0xffff));
    return (sum - 4 * 65535) * 80265 / 65536;
}

/* 2^x for x in 1/65536, result in 1/65536: a table of sixteenths, linear between them (error below 0.03 %).
 */
static uint64_t power_of_two(int64_t x)
{
    static const uint32_t sixteenths[17] = {65536,  68438,  71468,  74632,  77936,  81386,
                                            84990,  88752,  92682,  96785,  101070, 105545,
                                            110218, 115098, 120194, 125515, 131072};
    int64_t whole = x >> 16;
    uint64_t part = (uint64_t)x & 0xffff, at = part >> 12, rest = part & 0xfff;
    uint64_t value = sixteenths[at] + (((uint64_t)sixteenths[at + 1] - sixteenths[at]) * rest >> 12);
    return whole >= 0 ? value << (whole > 15 ? 15 : whole) : value >> (whole < -16 ? 16 : -whole);
}

uint64_t random_spread(struct random *r, uint64_t median, unsigned spread)
{
    return median * power_of_two(normal(r) * (int64_t)spread / 1000) >> 16;
}

void random_uuid(struct random *r, uint8_t ret[16])
{
    uint64_t a = random_next(r), b = random_next(r);
    for (unsigned i = 0; i < 8; i++) {
        ret[i] = (uint8_t)(a >> 8 * i);
        ret[8 + i] = (uint8_t)(b >> 8 * i);
    }
    ret[6] = (uint8_t)((ret[6] & 0x0f) | 0x40);
    ret[8] = (uint8_t)((ret[8] & 0x3f) | 0x80);
}
