// A handler of HTTP requests, by the bindings that wit-bindgen makes for C.
#include "web.h"
#include <stdio.h>
#include <string.h>

static unsigned requests;

static web_string_t text(const char *words) {
  return (web_string_t){(uint8_t *)words, strlen(words)};
}

static wasi_http_types_own_outgoing_response_t response(uint16_t status) {
  wasi_http_types_own_fields_t fields = wasi_http_types_constructor_fields();
  web_string_t name = text("x-guest");
  wasi_http_types_field_value_t value = {(uint8_t *)"web-c", 5};
  wasi_http_types_header_error_t refused;
  if (!wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(fields), &name, &value, &refused))
    __builtin_trap();
  wasi_http_types_own_outgoing_response_t response = wasi_http_types_constructor_outgoing_response(fields);
  if (!wasi_http_types_method_outgoing_response_set_status_code(wasi_http_types_borrow_outgoing_response(response), status))
    __builtin_trap();
  return response;
}

// Answers, and gives the body that is to be written.
static wasi_http_types_own_outgoing_body_t answer(uint16_t status, wasi_http_types_own_response_outparam_t out) {
  wasi_http_types_own_outgoing_response_t own = response(status);
  wasi_http_types_own_outgoing_body_t body;
  if (!wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response(own), &body))
    __builtin_trap();
  wasi_http_types_result_own_outgoing_response_error_code_t result = {.is_err = false};
  result.val.ok = own;
  wasi_http_types_static_response_outparam_set(out, &result);
  return body;
}

static void write_all(wasi_io_streams_borrow_output_stream_t stream, const uint8_t *bytes, size_t length) {
  // As much at a time as may be written and flushed at once.
  for (size_t at = 0; at < length; at += 4096) {
    web_list_u8_t piece = {(uint8_t *)bytes + at, length - at < 4096 ? length - at : 4096};
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(stream, &piece, &error))
      __builtin_trap();
  }
}

static void finish(wasi_http_types_own_outgoing_body_t body) {
  wasi_http_types_error_code_t error;
  if (!wasi_http_types_static_outgoing_body_finish(body, NULL, &error))
    __builtin_trap();
}

static void say(uint16_t status, const char *words, wasi_http_types_own_response_outparam_t out) {
  wasi_http_types_own_outgoing_body_t body = answer(status, out);
  wasi_io_streams_own_output_stream_t stream;
  if (!wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &stream))
    __builtin_trap();
  write_all(wasi_io_streams_borrow_output_stream(stream), (const uint8_t *)words, strlen(words));
  wasi_io_streams_output_stream_drop_own(stream);
  finish(body);
}

static void echo(wasi_http_types_borrow_incoming_request_t request, wasi_http_types_own_response_outparam_t out) {
  wasi_http_types_own_incoming_body_t taken;
  wasi_io_streams_own_input_stream_t from;
  wasi_io_streams_own_output_stream_t to;
  if (!wasi_http_types_method_incoming_request_consume(request, &taken) ||
      !wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(taken), &from))
    __builtin_trap();
  wasi_http_types_own_outgoing_body_t body = answer(200, out);
  if (!wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &to))
    __builtin_trap();
  for (;;) {
    web_list_u8_t piece;
    wasi_io_streams_stream_error_t end;
    if (!wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(from), 65536, &piece, &end)) {
      if (end.tag != WASI_IO_STREAMS_STREAM_ERROR_CLOSED)
        __builtin_trap();
      break;
    }
    write_all(wasi_io_streams_borrow_output_stream(to), piece.ptr, piece.len);
    web_list_u8_free(&piece);
  }
  wasi_io_streams_input_stream_drop_own(from);
  wasi_http_types_incoming_body_drop_own(taken);
  wasi_io_streams_output_stream_drop_own(to);
  finish(body);
}

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t own,
    exports_wasi_http_incoming_handler_own_response_outparam_t out) {
  wasi_http_types_borrow_incoming_request_t request = wasi_http_types_borrow_incoming_request(own);
  web_string_t path = {NULL, 0};
  bool named = wasi_http_types_method_incoming_request_path_with_query(request, &path);
  char count[16];
  snprintf(count, sizeof count, "%u\n", ++requests);
  const char *known[] = {"/hello", "/echo", "/count"};
  int which = -1;
  for (int i = 0; named && i < 3; i++)
    if (path.len == strlen(known[i]) && memcmp(path.ptr, known[i], path.len) == 0)
      which = i;
  switch (which) {
  case 0: say(200, "hello\n", out); break;
  case 1: echo(request, out); break;
  case 2: say(200, count, out); break;
  default: say(404, "", out);
  }
  if (named)
    web_string_free(&path);
  wasi_http_types_incoming_request_drop_own(own);
}
