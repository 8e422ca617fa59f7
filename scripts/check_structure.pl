#!/usr/bin/env perl
# Fails when the code breaks the plan of the house (docs/architecture.md):
#   direction  a file includes a header of a room that its own may not use; the rooms and what each may use are read from
#              src/sanerf/CMakeLists.txt; or one that hands out the insides of a class to its own room, x_access.h
#   circles    files of a room (a header and its source counted as one) include each other in a circle
#   pairs      x.cpp without x.h; a function or a class that a.h declares and b.cpp defines
#   namespaces a file's names are not in its room's namespace: sanerf::ROOM, of core in sanerf, which every room sees
#   silence    a room other than core and cli prints, or knows what the user's signals ask for: it reports to its job
#   jobs       a parameter `const Job&` has a default
#   plurals    a sentence has a number before a noun in the plural, "{} views": it may be 1, so Counted writes both
#   scripts/check_structure.pl [SOURCE_ROOT]
use strict;
use warnings;
use File::Find;
use File::Basename;

my $root = shift // dirname(__FILE__) . "/../src/sanerf";
die "error: $root: no such folder\n" unless -d $root;
my @problems;

sub slurp { my ($path) = @_; open my $in, '<', $path or die "error: $path: $!\n"; local $/; return scalar <$in> }

# ---- Rooms: "sanerf_room(nerf LINK sanerf_nn sanerf_scene TEST_LINK sanerf_synth)"
my (%uses, %tests_use, @rooms);
my $cmake = slurp("$root/CMakeLists.txt");
while ($cmake =~ /sanerf_room\((\w+)([^)]*)\)/g) {
  my ($room, $rest) = ($1, $2);
  push @rooms, $room;
  my $list = "";
  for my $word (split ' ', $rest) {
    if ($word =~ /^(LINK|PRIVATE_LINK|TEST_LINK)$/) { $list = $word; next }
    next unless $word =~ /^sanerf_(\w+)$/;
    if ($list eq 'TEST_LINK') { $tests_use{$room}{$1} = 1; next }
    push @problems, "src/sanerf/CMakeLists.txt: $room uses $1, which is not below it" unless $uses{$1};
    $uses{$room}{$_} = 1 for ($1, keys %{$uses{$1} // {}});
  }
  $uses{$room}{$room} = 1;
}
die "error: $root/CMakeLists.txt names no rooms\n" unless @rooms;

# ---- Files, by their path below src/sanerf
my %text;
find({no_chdir => 1, wanted => sub {
  return unless -f && /\.(h|cpp|inl|in)$/;
  (my $path = $File::Find::name) =~ s{^\Q$root\E/}{};
  $text{$path} = slurp($File::Find::name);
}}, $root);
my @files = sort keys %text;

sub room_of { my ($path) = @_; return $path =~ m{^(\w+)/} ? $1 : 'core' }    # version.h and the like are generated
sub unit_of { my ($path) = @_; (my $unit = $path) =~ s/\.(h|cpp|inl|in)$//; return $unit }
sub is_test { my ($path) = @_; return $path =~ /_test(_support)?\.(h|cpp)$/ }

# ---- Direction, and who includes whom
my ($num_includes, %below) = (0);
for my $path (@files) {
  my $room = room_of($path);
  if (!$uses{$room}) { push @problems, "src/sanerf/$path: the room $room is not in CMakeLists.txt"; next }
  my $line = 0;
  for (split /\n/, $text{$path}) {
    ++$line;
    next unless m{^\s*#\s*include\s*[<"]sanerf/([^">]+)[">]};
    my $target = $1;
    ++$num_includes;
    my $there = room_of($target);
    push @problems, "src/sanerf/$path:$line: $room must not include $there"
      unless $uses{$room}{$there} || (is_test($path) && $tests_use{$room}{$there});
    push @problems, "src/sanerf/$path:$line: $target is for $there alone" if $target =~ /_access\.h$/ && $room ne $there;
    my ($from, $to) = (unit_of($path), unit_of($target));
    $below{$from}{$to} = 1 if $from ne $to && !is_test($path);
  }
}

# ---- Circles of files (Tarjan: strongly connected components)
{
  my ($count, %index, %low, @stack, %on_stack) = (0);
  my $visit; $visit = sub {
    my ($unit) = @_;
    $index{$unit} = $low{$unit} = $count++;
    push @stack, $unit; $on_stack{$unit} = 1;
    for my $next (sort keys %{$below{$unit} // {}}) {
      if (!defined $index{$next}) { $visit->($next); $low{$unit} = $low{$next} if $low{$next} < $low{$unit} }
      elsif ($on_stack{$next} && $index{$next} < $low{$unit}) { $low{$unit} = $index{$next} }
    }
    return if $low{$unit} != $index{$unit};
    my @circle;
    while (defined(my $member = pop @stack)) { $on_stack{$member} = 0; push @circle, $member; last if $member eq $unit }
    push @problems, "circle of files: " . join(' ', sort @circle) if @circle > 1;
  };
  no warnings 'recursion';
  $visit->($_) for grep { !defined $index{$_} } sort keys %below;
}

# ---- Pairs: what a header declares is defined in the source of the same name
sub code_of {    # without comments, strings and preprocessor lines
  my ($path) = @_;
  my $code = $text{$path};
  $code =~ s{^namespace \{\n.*?^\}  // namespace$}{}gms;    # what is nobody's business
  $code =~ s{R"(\w*)\(.*?\)\1"}{""}gs;
  $code =~ s{"(\\.|[^"\\\n])*"}{""}g;
  $code =~ s{//[^\n]*}{}g;
  $code =~ s{/\*.*?\*/}{}gs;
  $code =~ s{^\s*#([^\n]*\\\n)*[^\n]*}{}gm;
  return $code;
}
my %declared;    # function or class -> {unit: 1}
for my $path (grep { /\.h$/ && !is_test($_) } @files) {
  my $code = code_of($path);
  my $unit = unit_of($path);
  # Free functions stand at the start of a line and end with ");".
  while ($code =~ /^(?!using|namespace|struct|class|enum|template|inline|constexpr|extern|friend|typedef|return)[\w:][\w:<>,&*\s]*?\b(\w+)\s*\(([^(){};]|\([^()]*\)|\{\})*\)(\s*(const|noexcept))*\s*;/gm) {
    $declared{$1}{$unit} = 1;
  }
  $declared{"$1::"}{$unit} = 1 while $code =~ /^(?:class|struct)\s+(\w+)[^;{]*\{/gm;
}
# A source that only includes an .inl compiles it once more, for other processors: it has no header of its own.
for my $path (grep { /\.cpp$/ && !is_test($_) && !m{(^|/)main\.cpp$} && $text{$_} !~ /\.inl"/ } @files) {
  my $unit = unit_of($path);
  my $is_command = $path =~ m{^cli/};    # a subcommand is declared in cli/command.h and defined in a file of its own
  push @problems, "src/sanerf/$path: there is no " . basename($unit) . ".h" unless $text{"$unit.h"} || $is_command;
  my $code = code_of($path);
  while ($code =~ /^(?!using|namespace|return|static|template)[\w:][\w:<>,&*\s]*?\b(?:(\w+)::)?(~?\w+)\s*\(/gm) {
    my ($class, $name) = ($1, $2);
    my $key = defined $class && $declared{"${class}::"} ? "${class}::" : $name;
    my @homes = grep { room_of($_) eq room_of($path) } sort keys %{$declared{$key} // {}} or next;
    next if ($is_command && $name =~ /^Add[A-Z]/) || grep { $_ eq $unit } @homes;
    my $shown = $key eq $name ? $name : "$class\::$name";
    push @problems, "src/sanerf/$path: $shown is declared in " . join(' and ', map { "$_.h" } @homes);
  }
}

# ---- Namespaces: of the room, and below it at will
for my $path (grep { m{/} && /\.(h|cpp)$/ && !m{(^|/)main\.cpp$} } @files) {
  my $room = room_of($path);
  my $expected = $room eq 'core' ? 'sanerf' : $room eq 'export' ? 'sanerf::exports' : "sanerf::$room";    # export is a keyword
  my @blocks = code_of($path) =~ /^namespace (sanerf[\w:]*) \{(?!\s*(?:(?:class|struct) \w+;\s*)+\})/gm;
  push @problems, "src/sanerf/$path: namespace $_ instead of $expected" for grep { !/^\Q$expected\E(::\w+)?$/ && !(is_test($path) && /^sanerf::(onnx_test|testing_scene)$/) } @blocks;    # shared by tests of several rooms
}

# ---- Silence: what a room has to say it says to the job that it is given, and it stops when that is asked to
for my $path (grep { !is_test($_) && !/_test_support|^(core|cli)\// && /\.(h|cpp|inl)$/ } @files) {
  my $line = 0;
  for (split /\n/, $text{$path}) {
    ++$line;
    s{//.*}{};
    push @problems, "src/sanerf/$path:$line: prints; only core and cli may, rooms report to their job"
      if /\bstd::(cout|cerr|clog)\b|\b(f?printf|f?puts|perror|fmt::print)\s*\(/;
    push @problems, "src/sanerf/$path:$line: is nobody's business but core's and cli's: a room is given a job"
      if m{"sanerf/core/(interrupt|console|console_sink)\.h"};
  }
}

# ---- Jobs: who calls has one
for my $path (grep { !is_test($_) } @files) {
  my $line = 0;
  for (split /\n/, $text{$path}) {
    ++$line;
    push @problems, "src/sanerf/$path:$line: a job has no default: who calls has one" if /const Job& \w+ =/;
  }
}

# ---- Plurals: a number that may be 1. Sizes ("{}x{}"), rates ("{} rays/s") and what is always many ("are {} views",
# "{} files are") are none of it.
my $nouns = join '|', map { /[xs]$/ ? "${_}es" : "${_}s" } qw(view object mask photo image instance file point click box scene
  group row ray camera frame label segment method model position voxel ring prompt word layer class step option);
for my $path (grep { !is_test($_) } @files) {
  my $line = 0;
  for (split /\n/, $text{$path}) {
    ++$line;
    next if m{^\s*//};
    while (/"((?:\\.|[^"\\])*)"/g) {
      push @problems, "src/sanerf/$path:$line: \"$1\" may be 1: Counted (core/phrases.h) has both forms"
        if $1 =~ m{(?<![x/])(?<!\+ )(?<!are )(\{\d*\} (?:$nouns))\b(?! are\b)(?!/)};
    }
  }
}

my %seen;
@problems = grep { !$seen{$_}++ } @problems;
print "error: $_\n" for @problems;
exit 1 if @problems;
printf "%d files in %d rooms: %d includes follow the plan, no circles, every header with its source, rooms are silent, numbers agree\n",
  scalar(@files), scalar(@rooms), $num_includes;
