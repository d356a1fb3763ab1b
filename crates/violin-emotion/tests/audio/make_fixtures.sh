#!/bin/sh
# Renders the sound files of this folder: a 440 Hz tone with peak 0.5, in every format that is read.
# Made with ffmpeg 5.1.9 (libmp3lame, libvorbis, its own AAC, ALAC and FLAC encoders). Run it in this folder.
set -eu

tone() { # tone FILE SECONDS RATE ENCODER-OPTIONS…
    file=$1 seconds=$2 rate=$3
    shift 3
    # ffmpeg's sine has a peak of 1/8.
    ffmpeg -v error -y -f lavfi -i "sine=frequency=440:sample_rate=$rate:duration=$seconds,volume=4" \
        -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$@" "$file"
}

tone tone_u8.wav 0.6 16000 -c:a pcm_u8
tone tone_s24.wav 0.6 16000 -c:a pcm_s24le
tone tone.aiff 0.6 16000 -c:a pcm_s16be
tone tone.flac 1.0 44100 -c:a flac
tone tone_alac.m4a 0.6 16000 -c:a alac
tone tone.mp3 1.5 44100 -c:a libmp3lame -b:a 64k
tone tone_stereo.ogg 0.6 44100 -af 'pan=stereo|c0=c0|c1=c0' -c:a libvorbis -q:a 3
tone tone.aac 0.6 44100 -c:a aac -b:a 64k
tone tone_aac.m4a 0.6 44100 -c:a aac -b:a 64k
