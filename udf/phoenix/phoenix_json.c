#include "phoenix_message.h"
const struct phoenix_codec phoenix_json_codec = {"json", "application/json", NULL, NULL};
