#!/bin/sh
# What `make run` does: the sample documents go into a library of their own; then the interface opens or, where there is
# no terminal, one question is asked.
#
#   sh examples/run.sh STRONGROOM HOME
set -eu
strongroom=$1
home=$2
documents=$(dirname "$0")/documents
question="How many days of paid annual leave does a full-time employee get each year?"

take_in() { "$strongroom" --home "$home" "$@" ingest "$documents"; }

status=0
if [ -e "$home/library.sqlite" ]; then take_in --quiet >/dev/null; else take_in; fi || status=$?
# 3 says that some files are not in the library: one of the samples is a scan, which may be told not to be read (ingest.ocr).
case $status in 0 | 3) ;; *) exit "$status" ;; esac

if [ -t 0 ] && [ -t 1 ]; then
    exec "$strongroom" --home "$home"
fi
echo "> $question"
exec "$strongroom" --home "$home" ask "$question"
