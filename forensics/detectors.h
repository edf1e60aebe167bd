/* The list of detectors: one word each. */
DETECTOR(recursive_trigger)
DETECTOR(connection_limit)
DETECTOR(timeout)
DETECTOR(gateway_timeout)
DETECTOR(init_failure)
DETECTOR(out_of_memory)
DETECTOR(crash)
DETECTOR(cold_start)
