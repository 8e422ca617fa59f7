#!/usr/bin/env bash
# What README and docs name must exist: links and their headings, source files, functions and types, options, subcommands
# and their flags.
# Option keys are looked up in docs/options.md, commands and flags in src/sanerf/cli. The commits that measurements name
# belong to this history, where git has all of it. No line of prose is too long to read. Needs no build.
set -euo pipefail
cd "$(dirname "$0")/.."
exec perl - README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs/*.md docs/studies/*.md <<'PERL'
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Basename;

my $errors = 0;
sub fault { print STDERR "$_[0]:$_[1]: $_[2]\n"; ++$errors }
sub slurp { open my $in, '<', $_[0] or die "$_[0]: $!"; local $/; my $text = <$in>; $text }

# The option keys, by stage.
my %option;
my $options = slurp('docs/options.md');
$option{$1}{$2} = 1 while $options =~ /^\| `(\w+)\.(\w+)`/mg;
my $stage = join '|', keys %option;

# Subcommands and the flags of each; '' has those that all commands know.
my %flags;
sub flags_of { map { $_ => 1 } slurp($_[0]) =~ /"(?:-\w,)?(--[a-z][a-z-]*)/g }
for my $file (grep { !/_test\.cpp$/ } glob 'src/sanerf/cli/*.cpp') {
  my @commands = slurp($file) =~ /AddCommand\(\s*line,\s*"([a-z-]+)"/g;
  $flags{$_} = {flags_of($file)} for @commands;
  %{$flags{''}} = (%{$flags{''} || {}}, flags_of($file)) unless @commands;
}
$flags{''}{'--help'} = 1;
$flags{help} = $flags{version} = {};
my %any_flag = map { %$_ } values %flags;
my $command = join '|', sort { length $b <=> length $a } grep { $_ } keys %flags;

my @sources = split /\n/, `find src bench scripts cmake fuzz -type f`;
my %basename = map { basename($_) => 1 } @sources;
my %word = map { $_ => 1 } map { slurp($_) =~ /\b([A-Z]\w+|k[A-Z]\w+)\b/g } grep { /\.(?:cpp|h|inl)$/ } @sources;
my $room = join '|', map { basename $_ } grep { -d } glob 'src/sanerf/*';

# name.{h,cpp}, name.* and plain names; what stands for a name (NAME_loader.h, x.h) need not exist.
sub exists_as { grep { -e } map { glob } $_[0], "$_[0].*" }
sub is_placeholder { $_[0] =~ /[A-Z]{3}/ || $_[0] =~ /^(?:x|_\w*test\w*|x_test)[._]/ }

my $shallow = `git rev-parse --is-shallow-repository 2>/dev/null`;
my $has_history = $? == 0 && $shallow =~ /false/;
print "no whole history here: the commits that the docs name are not looked up\n" unless $has_history;
my %is_ancestor;
sub is_ancestor { $is_ancestor{$_[0]} //= system("git merge-base --is-ancestor $_[0] HEAD 2>/dev/null") == 0 ? 1 : 0 }

sub check_code {
  my ($file, $line, $code, $keys, $is_fenced) = @_;
  if ($code =~ /^[0-9a-f]{7,40}$/ && $has_history && !is_ancestor($code)) {
    fault($file, $line, "no commit before this one: $code");
  }
  # In a block scripts/ may be another project's, unless it is the command itself.
  while ($code =~ m{(?<![\w/.~*-])((?:src|bench|scripts|cmake|fuzz|examples)/[\w./{},*-]+)}g) {
    fault($file, $line, "no such file: $1") unless ($is_fenced && $-[0] > 0) || is_placeholder($1) || exists_as($1);
  }
  if (is_placeholder($code)) {
  } elsif ($code =~ m{^(?:$room)/[\w./{},*-]*$}) {
    fault($file, $line, "no such file: src/sanerf/$code") unless exists_as("src/sanerf/$code") || exists_as($code);
  } elsif ($code =~ m{^[\w/]+\.(?:cpp|h)$} && $code !~ m{^(?:src|bench|fuzz|examples)/}) {
    my $known = $code =~ m{/} ? grep { m{/\Q$code\E$} } @sources : $basename{$code};
    fault($file, $line, "no such source file: $code") unless $known;
  }
  if (!$is_fenced && $code =~ /^(?:[A-Z]\w*[a-z]\w*::)?(?:k?[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+d?)$/) {
    fault($file, $line, "not in the source: $code") if $code ne 'CamelCase' && grep { !$word{$_} } split /::/, $code;
  }
  return unless $keys;
  while ($code =~ /(?<![\w\/.])($stage)\.([a-z0-9_]+)(?![\w.\/(])/g) {
    my ($of, $key) = ($1, $2);
    next if $key =~ /^(?:json|ckpt|cpp|h|inl|md|png|npy|html|cmake)$/;
    fault($file, $line, "no such option: $of.$key") unless $option{$of}{$key};
  }
  # A command line ends at the next one.
  for my $part (split /&&|\|\s|;|#/, $code) {
    if ($part =~ /(?:^|[\s\/])sanerf\s+([a-z][a-z-]*)\b(.*)/ || $part =~ /^\s*($command)\s+(?=-)(.*)/) {
      my ($name, $rest) = ($1, $2);
      if (!$flags{$name}) { fault($file, $line, "no such subcommand: sanerf $name"); next }
      while ($rest =~ /(?:^|[\s\[(|])(--[a-z][a-z-]*)/g) {
        fault($file, $line, "sanerf $name knows no $1") unless $flags{$name}{$1} || $flags{''}{$1};
      }
    } elsif ($part =~ /^\s*(--[a-z][a-z-]*)/) {
      fault($file, $line, "no command knows $1") unless $any_flag{$1};
    }
  }
}

my %headings;  # of a page, as the addresses that its sections have
sub headings {
  my ($file) = @_;
  return $headings{$file} //= do {
    my %found;
    my $text = slurp($file);
    $text =~ s/^```.*?^```//msg;
    while ($text =~ /^#+ +(.*)$/mg) {
      my $id = lc $1;
      $id =~ s/[^\w\- ]//g;
      $id =~ tr/ /-/;
      $found{$id} = 1;
    }
    \%found;
  };
}

for my $file (@ARGV) {
  my $keys = $file !~ /CHANGELOG|options\.md/;  # the former names former options, the latter is generated
  my ($fenced, $line) = (0, 0);
  my $text = slurp($file);
  for (split /\n/, $text) {
    ++$line;
    if (/^\s*```/) { $fenced = !$fenced; next }
    if ($fenced) { check_code($file, $line, $_, $keys, 1); next }
    fault($file, $line, length() . " columns: wrap at 160 or less") if length() > 160 && !/^\|/ && $file ne 'docs/options.md';
  }
  # Links and code spans of prose may go over a line's end.
  $text =~ s{^(\s*```.*?^\s*```)}{(my $gap = $1) =~ s/[^\n]//g; $gap}gmes;
  my $line_at = sub { 1 + (substr($text, 0, $_[0]) =~ tr/\n//) };
  while ($text =~ /`([^`]+)`/g) {
    my ($code, $at) = ($1, $line_at->($-[0]));
    $code =~ s/\s+/ /g;
    check_code($file, $at, $code, $keys, 0);
  }
  while ($text =~ /\]\(([^()\s]+)\)/g) {
    my ($target, $at) = ($1, $line_at->($-[0]));
    next if $target =~ m{^(?:https?|mailto):};
    my ($path, $section) = split /#/, $target, 2;
    my $page = $path eq '' ? $file : dirname($file) . "/$path";
    if (!-e $page) { fault($file, $at, "broken link: $target"); next }
    fault($file, $at, "no such section: $target") if defined $section && !headings($page)->{$section};
  }
}
# Pages that sources and scripts send a reader to.
for my $file (grep { /\.(?:cpp|h|inl|cmake|txt|sh|pl)$/ } @sources) {
  my $line = 0;
  for (split /\n/, slurp($file)) {
    ++$line;
    while (m{\b(docs/[\w/]+(?:\.\w+)*)}g) { fault($file, $line, "no such page: $1") unless -e $1 }
  }
}
print STDERR "$errors things in the docs do not exist\n" if $errors;
exit($errors ? 1 : 0);
PERL
