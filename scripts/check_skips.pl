#!/usr/bin/env perl
# No test was skipped that the set-up provides for: check_skips.pl FILE.xml... of ctest --output-junit or of GoogleTest's
# --gtest_output. A skip is allowed where nothing that scripts/setup.sh installs could have prevented it.
use strict;
use warnings;
use File::Basename;

my @allowed = (
  qr/SANERF_DATA/,            # data sets of real scenes
  qr/\bGPU\b/,                # a device
  qr/AVX-?512|AVX2|instruction set/i,  # of this processor
  qr/cannot mount a small disk/,         # needs root and a container that may mount
  qr/no network namespace/,              # the same
  qr/sanitizers end the process/,
);
# Who declined the page (scripts/setup.sh --no-page) has none to test.
push @allowed, qr{web/dist|setup\.sh --dev installs} if -e dirname(__FILE__) . "/../.deps/no_page";

my ($num_tests, $num_skipped, @problems) = (0, 0);
for my $path (@ARGV) {
  open my $in, '<', $path or die "error: $path: $!\n";
  local $/;
  my $text = <$in>;
  die "error: $path: no tests\n" unless $text =~ /<testcase /;
  while ($text =~ m{<testcase ([^>]*?)(?:/>|>(.*?)</testcase>)}gs) {
    my ($attributes, $body) = ($1, $2 // '');
    my ($name) = $attributes =~ /\bname="([^"]*)"/;
    my ($status) = $attributes =~ /\bstatus="(\w+)"/;
    $name = "$1.$name" if $attributes =~ /\bresult=/ && $attributes =~ /\bclassname="([^"]*)"/;
    ++$num_tests;
    if ($status eq 'fail' || $body =~ /<failure /) { push @problems, "$name failed"; next }
    my ($reason) = $body =~ m{<skipped message="[^"]*?&#x0A;(.*?)(?:&#x0A;|")}s; # GoogleTest: file and line before it
    next if $status eq 'run' && !defined $reason;
    ++$num_skipped;
    my ($output) = $body =~ m{<system-out>(.*?)</system-out>}s;
    ($reason) = ($output // '') =~ /: Skipped\s*\n(.*?)\n/s unless defined $reason;
    $reason //= ($output // '') =~ /(skipped:[^\n]*)/i ? $1 : $status;
    push @problems, "$name was skipped: $reason" unless grep { $reason =~ $_ } @allowed;
  }
}
print "error: $_\n" for @problems;
exit 1 if @problems;
print "$num_tests tests, $num_skipped skipped for reasons beyond the set-up\n";
