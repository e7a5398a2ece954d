// This file makes the target build until its tests arrive.
